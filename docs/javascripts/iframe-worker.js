// A page that is opened from the disk may not start a worker, and then the search finds nothing. A
// hidden frame does the same work. The theme asks for this by the name IFrameWorker.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.appendChild(this.frame);
      window.addEventListener("message", (event) => {
        if (event.source === this.frame.contentWindow) {
          this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        }
      });
      this.ready = new Promise((resolve) => {
        const inner = this.frame.contentDocument;
        inner.open();
        inner.write(
          "<!doctype html><script>" +
            "postMessage = (data) => parent.postMessage(data, '*');" +
            "importScripts = (...paths) => paths.reduce((done, path) => done.then(() => " +
            "new Promise((loaded, failed) => { const script = document.createElement('script');" +
            "script.src = path; script.onload = loaded; script.onerror = failed;" +
            "document.body.appendChild(script); })), Promise.resolve());" +
            "</" + "script><body></body>",
        );
        const script = inner.createElement("script");
        script.src = url;
        script.onload = resolve;
        inner.body.appendChild(script);
        inner.close();
      });
    }

    postMessage(data) {
      this.ready.then(() =>
        this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })),
      );
    }

    terminate() {
      this.frame.remove();
    }
  };
  window.Worker = window.IFrameWorker;
}
