[assembly: AssemblyFixture(typeof(IdcFunctions.Browser.Tests.Site))]

// One browser and one site: what they do at once takes longer, not less.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
