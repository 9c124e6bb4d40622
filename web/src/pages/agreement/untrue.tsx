// The desk's word and its own message do not agree: nothing of it may be approved.

export function Untrue(props: { what: string; cure: string }) {
  return (
    <div class="alarm" role="alert">
      <h2>Do not approve this</h2>
      <p>{props.what} {props.cure}</p>
      <p>This page computed everything from the message itself and compared it with what the desk says. They differ, so there is no button to approve here. Nothing was signed and nothing is locked.</p>
    </div>
  );
}
