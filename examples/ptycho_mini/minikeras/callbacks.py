"""What `Model.fit` calls while it trains."""


class Callback:
    """Override what you want to hear of."""

    model = None

    def set_model(self, model):
        self.model = model

    def on_train_begin(self, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass


class History(Callback):
    """The log values of all epochs, as `fit` returns them."""

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)


class CallbackList:
    """Several callbacks, told in order as if they were one."""

    def __init__(self, callbacks, model):
        self._callbacks = list(callbacks)
        for callback in self._callbacks:
            callback.set_model(model)

    def on_train_begin(self, logs=None):
        for callback in self._callbacks:
            callback.on_train_begin(logs)

    def on_epoch_end(self, epoch, logs=None):
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_end(self, logs=None):
        for callback in self._callbacks:
            callback.on_train_end(logs)
