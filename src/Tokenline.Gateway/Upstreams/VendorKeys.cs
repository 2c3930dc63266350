using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Upstreams;

/// <summary>
/// The operator's keys at vendors, used in turns. A key that its vendor refuses (401, 403) or limits (402, 429) rests for a while, and calls use the others;
/// when all rest, the one that rests least is tried. A vendor's only key is used whatever it says, and its rest is only told.
/// </summary>
internal sealed class VendorKeys(TimeProvider time) : IVendorKeyHealth
{
    private static readonly TimeSpan refusedRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan limitedRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan longestRest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Vendor, string Key), Rest> resting = new();
    private int turn;

    /// <summary>Null where the vendor needs none.</summary>
    public string? Take(Deployment deployment)
    {
        var keys = deployment.ApiKeys;
        if (keys.Length <= 1)
            return keys.IsEmpty ? null : keys[0];
        var first = (int)((uint)Interlocked.Increment(ref turn) % (uint)keys.Length);
        if (resting.IsEmpty)
            return keys[first];
        var now = time.GetUtcNow();
        var (best, bestUntil) = (keys[first], DateTimeOffset.MaxValue);
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[(first + i) % keys.Length];
            if (RestOf(deployment.Vendor, key, now) is not { } rest)
                return key;
            if (rest.Until < bestUntil)
                (best, bestUntil) = (key, rest.Until);
        }
        return best;
    }

    /// <summary>The key served: it is well.</summary>
    public void Served(Deployment deployment, string? key)
    {
        if (key is not null && !resting.IsEmpty)
            resting.TryRemove((deployment.Vendor, key), out _);
    }

    /// <summary>True: the vendor has said no to this key, and another one is well, so that it is worth asking the same vendor again.</summary>
    public bool Refused(Deployment deployment, string? key, HttpStatusCode status, TimeSpan? retryAfter)
    {
        if (key is null || (int)status is not (401 or 402 or 403 or 429))
            return false;
        var now = time.GetUtcNow();
        var rest = (int)status is 429 ? retryAfter ?? limitedRest : refusedRest;
        resting[(deployment.Vendor, key)] = new Rest(now + (rest < longestRest ? rest : longestRest), (int)status);
        return deployment.ApiKeys.Any(other => RestOf(deployment.Vendor, other, now) is null);
    }

    public IReadOnlyList<RestingKey> Resting(string vendor, ImmutableArray<string> keys)
    {
        var now = time.GetUtcNow();
        var found = new List<RestingKey>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (RestOf(vendor, keys[i], now) is { } rest)
                found.Add(new RestingKey(i + 1, rest.Until, rest.Status));
        }
        return found;
    }

    private Rest? RestOf(string vendor, string key, DateTimeOffset now) =>
        resting.TryGetValue((vendor, key), out var rest) && rest.Until > now ? rest : null;

    private readonly record struct Rest(DateTimeOffset Until, int Status);
}
