import{a as n}from"./chunk-3WS2E2Z6.js";function d(){return n("/api/funds",{every:15})}function o(e){return e.data!==void 0||e.problem!==void 0}export{d as a,o as b};
