namespace IdcFunctions.Functions.SignIn;

/// <summary>What a route asks of its caller; metadata of its endpoint.</summary>
/// <param name="Least">The least role; null for the routes that only the Functions host calls.</param>
public sealed record RouteRole(Role? Least);
