import { render } from "preact";
import { App } from "./app.tsx";
import { listen } from "./router.ts";
import { routeOf } from "./routes.tsx";
import { followOtherTabs, recall } from "./session.ts";
import "./style/base.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/forms.css";
import "./style/chart.css";
import "./style/market.css";
import "./style/positions.css";
import "./style/trading.css";

void recall();
followOtherTabs();
listen((path) => routeOf(path) !== undefined);
render(<App />, document.getElementById("page")!);
