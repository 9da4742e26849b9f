// How the page of docs-page.ts looks.
export const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0; }
section, details { border: 1px solid #8886; border-radius: .4rem; margin: .5rem 0; padding: .6rem .8rem; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 4.2rem; }
summary code { margin-right: .6rem; overflow-wrap: anywhere; }
label { display: block; margin: .5rem 0; }
input, textarea { box-sizing: border-box; display: block; font: inherit; padding: .3rem; width: 100%; }
textarea, pre, code { font-family: ui-monospace, monospace; font-size: .9rem; }
button { font: inherit; padding: .3rem 1rem; }
output { margin-left: .8rem; }
pre { overflow: auto; white-space: pre-wrap; }
dl { margin: .5rem 0 0; } dt { float: left; margin-right: .6rem; } dd { margin: 0; }
.DELETE { color: #c33; } .PUT, .POST, .PATCH { color: #27c; } .GET { color: #283; }
@media (prefers-color-scheme: dark) { .PUT, .POST, .PATCH { color: #8bf; } .GET { color: #7c8; } .DELETE { color: #f88; } }
`;
