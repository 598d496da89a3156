using IdcFunctions.Fixtures;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
