// What a counterparty does when the desk is gone.
import { Page } from "../parts/page.tsx";

export function VanishPage() {
  return <Page title="If we vanish" narrow><p>What is booked needs no desk.</p></Page>;
}
