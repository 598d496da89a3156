using IdcFunctions.Training;

MallocSettings.Apply();
LibtorchCompatibility.Prepare();
return await TrainCommand.RunAsync(args);
