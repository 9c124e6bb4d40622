// A wallet as a page meets it: EIP-1193, announced by EIP-6963 and, where a test wants it, also as `window.ethereum`.
// It knows nothing by itself: every request goes to the test (support/browser_wallet.py) through `binding`.
(options) => {
  if (window !== window.top) return;
  const listeners = new Map();
  const held = new Map(); // requests on which somebody still looks at the wallet's window
  const emit = (event, value) => [...(listeners.get(event) ?? [])].forEach((listener) => listener(value));
  const unwrap = (answer) => {
    (answer.events ?? []).forEach(([event, value]) => emit(event, value));
    if (answer.error === undefined) return answer.result;
    throw Object.assign(new Error(answer.error.message), answer.error);
  };
  const provider = {
    request: async ({ method, params }) => {
      const answer = await window[options.binding]({ method, params: params ?? [] });
      if (answer.held === undefined) return unwrap(answer);
      return new Promise((resolve, reject) => held.set(answer.held, { resolve, reject }));
    },
    on: (event, listener) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return provider;
    },
    removeListener: (event, listener) => {
      listeners.set(event, (listeners.get(event) ?? []).filter((each) => each !== listener));
      return provider;
    },
  };
  // For the test: says whether this document still waits for the request.
  const settle = (id, answer) => {
    const waiting = held.get(id);
    held.delete(id);
    if (waiting === undefined) return false;
    try {
      waiting.resolve(unwrap(answer));
    } catch (error) {
      waiting.reject(error);
    }
    return true;
  };
  (window.__wallets ??= {})[options.binding] = { emit, settle };
  if (options.injected) window.ethereum = provider;
  if (!options.announced) return;
  const detail = Object.freeze({ info: Object.freeze(options.info), provider });
  const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
};
