// "If we vanish" as one file that works from a disk: no desk behind it, only the chain. The desk writes its contracts
// into it; a file without them asks for them.
import { render } from "preact";
import { useState } from "preact/hooks";
import { forget, remember, remembered } from "../chain/keep.ts";
import { attempt } from "../chain/problem.ts";
import { provide } from "../facts.ts";
import { Button } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { Access } from "../pages/vanish/access.tsx";
import { Contracts, LEAD } from "../pages/vanish/contracts.tsx";
import { readPlace, type Place } from "../pages/vanish/where.ts";
import { WhichContracts } from "./which.tsx";
import "../style/base.css";
import "../style/frame.css";
import "../style/parts.css";
import "../style/forms.css";
import "../style/positions.css";
import "../style/trading.css";
import "../style/operator.css";
import "../style/vanish.css";

const KEPT = "vanish.deployment";

/** What the desk wrote into the file; null in a file that comes from the sources. */
function baked(): Place | null {
  const found = JSON.parse(document.getElementById("deployment")!.textContent!) as unknown;
  return found === null ? null : readPlace(found);
}

/** What was chosen in this browser before; null where there is nothing that can be read. */
async function kept(): Promise<Place | null> {
  const found = await attempt(async () => readPlace(remembered(KEPT)));
  return found.ok ? found.value : null;
}

/** The parts of the page ask for a shell's facts; what only a desk has is empty. */
function tell(place: Place): Place {
  const { network, chainId, escrow, token: usdt, oracle, block, timelock } = place;
  const none = { domain: "", url: "", bundle: "", licences: "", scripts: {}, saved: { url: "", sha256: "" }, rpcUrls: [], sandbox: false, session: false };
  provide({ ...none, network, chainId, escrow, usdt, oracle, timelock: timelock ?? escrow, block, now: Math.floor(Date.now() / 1000) });
  return place;
}

function Saved(props: { fixed: boolean; first: Place | null }) {
  const [place, set] = useState(props.first);
  const choose = (found: Place) => {
    remember(KEPT, { network: found.network, chain_id: String(found.chainId), escrow: found.escrow, token: found.token, oracle: found.oracle, block: String(found.block), timelock: found.timelock ?? "" });
    set(tell(found));
  };
  const others = () => {
    forget(KEPT);
    location.reload();
  };
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top"><div class="top-in"><span class="brand"><b>IFX</b><span>without the desk</span></span></div></header>
      <main id="main" tabIndex={-1}>
        <Page title="If we vanish" lead={LEAD}>
          {place ? <Access deployment={place} endpoints /> : <WhichContracts onPlace={choose} />}
          {place && <Contracts of={place}>{!props.fixed && <div class="actions"><Button kind="plain" onClick={others}>Choose other contracts</Button></div>}</Contracts>}
        </Page>
      </main>
      <footer class="foot"><div class="foot-in"><p>This file asks nobody but your wallet and the endpoint that you name. <code>sha256sum if-we-vanish.html</code> says whether it is the one that you saved.</p></div></footer>
    </>
  );
}

async function begin(): Promise<void> {
  const fixed = baked();
  const first = fixed ?? (await kept());
  if (first) tell(first);
  render(<Saved fixed={fixed !== null} first={first} />, document.getElementById("page")!);
}

void begin();
