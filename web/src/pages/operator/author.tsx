// Who wrote a request, in a cell: the name that they gave, else the account.
import { Address } from "../../parts/show.tsx";
import type { Asked } from "./words.ts";

export function Author(props: { of: Asked }) {
  return props.of.name ? <bdi class="name">{props.of.name}</bdi> : <Address of={props.of.account} />;
}
