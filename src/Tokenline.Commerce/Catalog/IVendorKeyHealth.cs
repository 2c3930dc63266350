using System.Collections.Immutable;

namespace Tokenline.Commerce.Catalog;

/// <summary>What this process has seen of the operator's keys at vendors. Who calls the vendors knows it; who shows vendors asks for it.</summary>
public interface IVendorKeyHealth
{
    /// <summary>The keys that rest now, by their place among the vendor's keys. Keys themselves are never told.</summary>
    IReadOnlyList<RestingKey> Resting(string vendor, ImmutableArray<string> keys);
}

/// <param name="Position">From 1, in the order in which the keys were given.</param>
/// <param name="Status">The HTTP status by which the vendor refused or limited the key.</param>
public readonly record struct RestingKey(int Position, DateTimeOffset Until, int Status);
