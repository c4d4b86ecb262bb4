// The checks, apart from the page, so that it goes on answering.
self.onmessage = async (event) => {
  try {
    globalThis.request = event.data.request;
    const go = new Go();
    const { instance } = await WebAssembly.instantiate(event.data.program, go.importObject);
    await go.run(instance);
    postMessage({ ended: true });
  } catch (err) {
    postMessage({ error: String(err) });
  }
};
