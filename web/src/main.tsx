import { render } from "preact";

render(<p>The desk's page.</p>, document.body);
