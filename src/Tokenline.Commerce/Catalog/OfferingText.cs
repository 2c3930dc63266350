namespace Tokenline.Commerce.Catalog;

/// <summary>An offering's words in a language beside its own.</summary>
/// <param name="Description">Left out: its own is shown.</param>
public sealed record OfferingText(string Name, string? Description = null);
