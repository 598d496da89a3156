// Each line has an Azurite and a handler with ONNX Runtime in processes of their own.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
