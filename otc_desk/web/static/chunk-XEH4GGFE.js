import{I as n}from"./chunk-DLPWY4JM.js";function d(){return n("/api/funds",{every:15})}function o(e){return e.data!==void 0||e.problem!==void 0}export{d as a,o as b};
