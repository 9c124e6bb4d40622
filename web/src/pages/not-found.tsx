// A path that is no page, and a page for others: both lead somewhere.
import { ButtonLink } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { State } from "../parts/state.tsx";

export function NotFoundPage() {
  return (
    <Page title="There is no such page" narrow>
      <State
        kind="empty"
        title="Nothing is at this address."
        next="The link may be old or cut short. What you sent or hold is in your inbox and among your positions."
        action={<ButtonLink href="/market">Go to the market</ButtonLink>}
      />
    </Page>
  );
}

export function OperatorsOnly() {
  return (
    <Page title="For the desk's operators" narrow>
      <State
        kind="empty"
        title="This account is not one of the desk's operators."
        next="Sign in with an operator's account, or go on with your own business."
        action={<ButtonLink href="/market">Go to the market</ButtonLink>}
      />
    </Page>
  );
}
