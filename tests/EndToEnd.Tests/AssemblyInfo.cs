using Xunit.v3;

// Each line has an Azurite and a handler with ONNX Runtime in processes of their own.
[assembly: Parallelization(MaxThreads = 2)]
