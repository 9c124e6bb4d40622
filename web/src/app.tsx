// The frame around every page: header, navigation, who is signed in, the desk's state, footer.
import { useEffect, useState } from "preact/hooks";
import { connection } from "./api/connection.ts";
import { facts } from "./facts.ts";
import { NotFoundPage, OperatorsOnly } from "./pages/not-found.tsx";
import { later } from "./parts/later.tsx";
import { Page } from "./parts/page.tsx";
import { Room } from "./parts/state.tsx";
import { shortened } from "./parts/show.tsx";
import { ROUTES, routeOf, type Route } from "./routes.tsx";
import { navigate, usePlace } from "./router.ts";
import { signOut, useSession, type Session } from "./session.ts";
import { useStore } from "./store.ts";
import { nextTheme, setTheme, theme } from "./theme.ts";

const SignInForm = later<{ onDone?: () => void }>("sign-in", async () => (await import("./pages/sign-in.tsx")).SignInForm);

export function App() {
  const place = usePlace();
  const session = useSession();
  const found = routeOf(place.path);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <div class="top-in">
          <a class="brand" href="/market"><b>IFX</b><span>{facts().domain}</span></a>
          <Navigation route={found?.route} session={session} />
          <div class="top-end"><ThemeSwitch /><Account session={session} /></div>
        </div>
      </header>
      <Weather />
      <main id="main" tabIndex={-1}>
        {found ? <Entitled key={place.path} route={found.route} params={found.params} session={session} /> : <NotFoundPage />}
      </main>
      <Footer />
    </>
  );
}

/** The page, or what its reader lacks for it. */
function Entitled(props: { route: Route; params: Record<string, string>; session: Session }) {
  const { route, session } = props;
  const Shown = route.page;
  if (route.access === "public") return <Shown params={props.params} />;
  if (session.state === "unknown") return <div class="sheet"><Room lines={6} /></div>;
  if (session.state === "out") {
    const over = session.why === "over";
    return (
      <Page title={over ? "Your session is over" : "Sign in to go on"} narrow lead={over
        ? "Sessions last twelve hours. Sign in again and this page goes on where it was; nothing was lost."
        : "This page shows what is yours alone. Sign in with the wallet that trades, and it opens."}>
        <SignInForm />
      </Page>
    );
  }
  if (route.access === "operator" && !session.operator) return <OperatorsOnly />;
  return <Shown params={props.params} />;
}

function Navigation(props: { route: Route | undefined; session: Session }) {
  const operator = props.session.state === "in" && props.session.operator;
  const mark = props.route?.nav ?? props.route?.family ?? (props.route?.path === "/" ? "Market" : undefined);
  return (
    <nav class="nav" aria-label="Pages">
      {ROUTES.filter((each) => each.nav && (each.access !== "operator" || operator)).map((each) => (
        <a key={each.path} href={each.path} aria-current={each.nav === mark ? "page" : undefined}>{each.nav}</a>
      ))}
    </nav>
  );
}

function Account(props: { session: Session }) {
  const { session } = props;
  if (session.state === "unknown") return <span class="account" aria-hidden="true" />;
  if (session.state === "out") return <a class="account button plain" href="/sign-in">Sign in</a>;
  const leave = () => void signOut().then(() => navigate("/market"), () => undefined);
  return (
    <details class="account menu">
      <summary class="button plain"><span class="unseen">Signed in as </span>{shortened(session.account)}</summary>
      <div class="menu-body">
        <p class="hint">Signed in as</p>
        <code>{session.account}</code>
        <a href="/profile">Your profile</a>
        <button type="button" class="button plain" onClick={leave}>Sign out</button>
      </div>
    </details>
  );
}

function ThemeSwitch() {
  const now = useStore(theme);
  const label = `Colours: ${now}. Change to ${nextTheme(now)}`;
  return (
    <button type="button" class="copy theme" aria-label={label} title={label} onClick={() => setTheme(nextTheme(now))}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" />
        {now === "system" ? <path class="filled" d="M8 2a6 6 0 0 1 0 12z" /> : now === "dark" ? <circle class="filled" cx="8" cy="8" r="6" /> : null}
      </svg>
    </button>
  );
}

/** One line under the header while the desk does not answer. Room is not reserved: it overlays nothing that matters. */
function Weather() {
  const state = useStore(connection);
  const [online, set] = useState(globalThis.navigator.onLine);
  useEffect(() => {
    const changed = () => set(navigator.onLine);
    addEventListener("online", changed);
    addEventListener("offline", changed);
    return () => {
      removeEventListener("online", changed);
      removeEventListener("offline", changed);
    };
  }, []);
  const said = !online
    ? "This computer is offline. What you see is what was last loaded; the page goes on when the network is back."
    : state === "unreachable"
      ? "The desk does not answer. What you see is what was last loaded; the page tries again by itself."
      : state === "not-now"
        ? "The desk is there, but cannot answer at the moment. The page tries again by itself."
        : "";
  return (
    <div class="weather" role="status">
      {said && <p>{said} <a href="/if-we-vanish">What you can do without the desk</a></p>}
    </div>
  );
}

function Footer() {
  const { network, chainId, bundle, licences } = facts();
  return (
    <footer class="foot">
      <div class="foot-in">
        <p>Chain {chainId} ({network}). Booked forwards settle without this desk: <a href="/if-we-vanish">if we vanish</a>.</p>
        <p class="hash">Scripts of this page, SHA-256 <code>{bundle}</code> · <a href={licences}>licences</a></p>
      </div>
    </footer>
  );
}
