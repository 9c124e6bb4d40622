// The bar at the page's foot: how late it is in the sandbox, and time that passes on demand.
import { useEffect, useState } from "preact/hooks";
import { forwardIn, look, travel, type Journey, type Now } from "./travel.ts";

const LOOK_MS = 500;

export function Bar() {
  const [known, setKnown] = useState<Now>();
  const [journey, setJourney] = useState<Journey>();
  const [said, say] = useState("");
  const path = usePath();
  const forward = forwardIn(path);
  const under = journey !== undefined && !journey.over;

  useEffect(() => {
    let over = false;
    const once = async () => {
      try {
        const found = await look();
        if (over) return;
        setKnown(found);
        // Another tab's journey is seen here too; one that was over before is nobody's news.
        if (found.journey !== null && (!found.journey.over || under)) setJourney(found.journey);
      } catch {
        if (!over) say("The sandbox does not answer: start it again with make sandbox.");
      }
    };
    void once();
    const timer = setInterval(() => void once(), under ? LOOK_MS : 20 * LOOK_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [under]);
  useEffect(() => {
    if (journey?.over && journey.failure === "" && journey.unfixed.length === 0) location.reload();
  }, [journey]);

  const go = async (to?: string) => {
    say("");
    try {
      setJourney(await travel(to));
    } catch (error) {
      say((error as Error).message);
    }
  };
  return (
    <div class="sandbox-in">
      <p class="sandbox-name"><b>Sandbox</b> <span>nothing here has a value</span></p>
      <p class="sandbox-time">{known ? utc(under ? journey.at : known.now) : " "}</p>
      <p class="sandbox-said" role="status">{said || (journey ? progress(journey) : "")}</p>
      <div class="sandbox-do">
        {forward !== undefined && <button type="button" class="button plain" aria-disabled={under ? "true" : undefined} onClick={() => !under && void go(forward)}>To this position's maturity</button>}
        <button type="button" class="button plain" aria-disabled={under ? "true" : undefined} onClick={() => !under && void go()}>Next day</button>
      </div>
    </div>
  );
}

function progress(found: Journey): string {
  if (!found.over) return found.days_left > 0 ? `Time passes: ${found.days_left} days to go` : "Time passes";
  if (found.failure) return `Time stopped: ${found.failure}`;
  return found.unfixed.length > 0 ? `No fixing on ${found.unfixed.join(", ")}` : "";
}

function utc(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The path shown, which the page changes without telling. */
function usePath(): string {
  const [path, set] = useState(location.pathname);
  useEffect(() => {
    const timer = setInterval(() => set(location.pathname), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return path;
}
