// The sandbox's own script, beside the page's: served by a sandbox alone, so that a desk in production has no wallet
// in its bundle. The shell names it before the page's, so that its wallets are there when the page looks for some.
import { render } from "preact";
import { facts } from "../facts.ts";
import { Bar } from "./bar.tsx";
import { confirm, Windows } from "./confirm.tsx";
import "./sandbox.css";
import { announce, type Account } from "./wallet.ts";

const accounts = JSON.parse(document.getElementById("sandbox-accounts")!.textContent!) as Account[];
announce(accounts, facts().chainId, confirm);
render(<><Bar /><Windows /></>, document.getElementById("sandbox")!);
