import{Ya as f}from"./chunk-DLPWY4JM.js";import{a as t,i as o}from"./chunk-ZHLJNKU4.js";var i=1n<<255n;function r(n){return n.of>=i?o(t,{children:"any amount"}):o(f,{of:n.of})}export{r as a};
