// The pages: where each is, what it is called, who may see it. `otc_desk/web/page.py` serves the same paths.
import type { ComponentType } from "preact";
import { match } from "./router.ts";
import { AgreementPage } from "./pages/agreement.tsx";
import { InboxPage } from "./pages/inbox.tsx";
import { MarketPage } from "./pages/market.tsx";
import { RequestPage } from "./pages/request.tsx";
import { RequestDetailPage, RequestsPage } from "./pages/requests.tsx";
import { SignInPage } from "./pages/sign-in.tsx";

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

export const ROUTES: readonly Route[] = [
  { path: "/", page: MarketPage, access: "public" },
  { path: "/market", page: MarketPage, access: "public", nav: "Market" },
  { path: "/sign-in", page: SignInPage, access: "public" },
  { path: "/inbox", page: InboxPage, access: "participant", nav: "Inbox" },
  { path: "/agreements/{id}", page: AgreementPage, access: "participant", family: "Inbox" },
  { path: "/requests", page: RequestsPage, access: "participant", nav: "Requests" },
  { path: "/requests/{id}", page: RequestDetailPage, access: "participant", family: "Requests" },
  { path: "/request", page: RequestPage, access: "participant", family: "Requests" },
];

/** The page of a path, with the values in it; undefined where there is none. */
export function routeOf(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return undefined;
}
