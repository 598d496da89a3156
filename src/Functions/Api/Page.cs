namespace IdcFunctions.Functions.Api;

/// <summary>A page of a listing.</summary>
/// <typeparam name="TItem">What is listed.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Continuation">What to ask for the next page with; null at the end.</param>
public sealed record Page<TItem>(IReadOnlyList<TItem> Items, string? Continuation);
