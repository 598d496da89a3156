using System.CommandLine;
using IdcFunctions.LocalHost.Commands;

return await IdcCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration
{
    // Ctrl+C: running invocations have ten seconds, Azurite saves its data.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(40),
});
