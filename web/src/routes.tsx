// The pages: where each is, what it is called, who may see it. `otc_desk/web/page.py` has the same
// paths and names. The script of each comes `later`: with the shell of its path, else when it is opened.
import type { ComponentType } from "preact";
import { later } from "./parts/later.tsx";
import { match } from "./router.ts";

/** What a page gets: the values in its path, such as `{id}`. */
export type PageProps = { params: Record<string, string> };

export type Route = {
  path: string;
  page: ComponentType<PageProps>;
  /** Who may see it: without a session the frame asks for one and then shows the page. */
  access: "public" | "participant" | "operator";
  /** Its word in the navigation; none: it is reached from another page. */
  nav?: string;
  /** Paths that belong to it begin so, for the navigation's mark. */
  family?: string;
};

const MARKET = async () => (await import("./pages/market.tsx")).MarketPage;

export const ROUTES: readonly Route[] = [
  { path: "/", page: later("market", MARKET), access: "public" },
  { path: "/market", page: later("market", MARKET), access: "public", nav: "Market" },
  { path: "/sign-in", page: later("sign-in", async () => (await import("./pages/sign-in.tsx")).SignInPage), access: "public" },
  { path: "/inbox", page: later("inbox", async () => (await import("./pages/inbox.tsx")).InboxPage), access: "participant", nav: "Inbox" },
  { path: "/agreements/{id}", page: later("agreement", async () => (await import("./pages/agreement.tsx")).AgreementPage), access: "participant", family: "Inbox" },
  { path: "/requests", page: later("requests", async () => (await import("./pages/requests.tsx")).RequestsPage), access: "participant", nav: "Requests" },
  { path: "/requests/{id}", page: later("requests", async () => (await import("./pages/requests.tsx")).RequestDetailPage), access: "participant", family: "Requests" },
  { path: "/request", page: later("request", async () => (await import("./pages/request.tsx")).RequestPage), access: "participant", family: "Requests" },
  { path: "/profile", page: later("profile", async () => (await import("./pages/profile.tsx")).ProfilePage), access: "participant" },
  { path: "/positions", page: later("positions", async () => (await import("./pages/positions.tsx")).PositionsPage), access: "participant", nav: "Positions" },
  { path: "/positions/{id}", page: later("position", async () => (await import("./pages/position.tsx")).PositionPage), access: "participant", family: "Positions" },
  { path: "/funds", page: later("funds", async () => (await import("./pages/funds.tsx")).FundsPage), access: "participant", nav: "Money" },
  { path: "/documents", page: later("documents", async () => (await import("./pages/documents.tsx")).DocumentsPage), access: "participant", family: "Positions" },
  { path: "/operator", page: later("operator", async () => (await import("./pages/operator.tsx")).OperatorPage), access: "operator", nav: "Operator" },
  { path: "/if-we-vanish", page: later("vanish", async () => (await import("./pages/vanish.tsx")).VanishPage), access: "public" },
];

/** The page of a path, with the values in it; undefined where there is none. */
export function routeOf(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return undefined;
}
