using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Tokenline.Commerce.Calling;

namespace Tokenline.Commerce.Parties;

/// <summary>What a key may do. Null sets no limit.</summary>
/// <param name="Allotment">The node of the account's tree that its calls pass; null is the account itself.</param>
/// <param name="CustomerGroup">What prices may depend on, as the tariff names groups and regions.</param>
/// <param name="Terms">From where its customer's keys may call, and what is preferred; null: nothing is said.</param>
public sealed record KeyRights(
    KeyId Key,
    AccountId Account,
    DateTimeOffset? ExpiresAt,
    FrozenSet<string>? Models,
    AllotmentId? Allotment = null,
    string? CustomerGroup = null,
    string? Region = null,
    CallingTerms? Terms = null
);

/// <summary>
/// Live keys by their SHA-256, in memory. A revoked key is removed and is unknown from then on.
/// The text of a key is <c>tl-</c> and 43 characters of base64url; at rest only its hash is kept, and in memory the texts of some that were used last.
/// </summary>
public sealed class Keyring
{
    public const string Prefix = "tl-";
    private const int TextLengthMax = 256;

    /// <summary>A power of two.</summary>
    private const int RecentPlaces = 4096;

    private volatile ConcurrentDictionary<UInt128, KeyRights> rights = new();

    /// <summary>Live keys that were used of late, so that their texts are not hashed for every call. Each has one place, by a hash that differs from process to process.</summary>
    private readonly Recent?[] recent = new Recent?[RecentPlaces];

    public static string NewKey() =>
        Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The first 128 bits of the SHA-256 of the text: enough to tell keys of 256 random bits apart.</summary>
    public static UInt128 HashOf(ReadOnlySpan<char> text)
    {
        if (text.Length > TextLengthMax)
            return 0;
        Span<byte> utf8 = stackalloc byte[TextLengthMax * 3];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..length], hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Null when the key is unknown, revoked or expired.</summary>
    public KeyRights? Find(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        ref var place = ref recent[string.GetHashCode(text, StringComparison.Ordinal) & (RecentPlaces - 1)];
        if (Volatile.Read(ref place) is { } last && text.SequenceEqual(last.Text))
            return Find(last.Hash, now);
        var hash = HashOf(text);
        var found = Find(hash, now);
        if (found is not null)
            Volatile.Write(ref place, new(text.ToString(), hash));
        return found;
    }

    /// <summary>The same by the hash.</summary>
    public KeyRights? Find(UInt128 hash, DateTimeOffset now) =>
        rights.TryGetValue(hash, out var found) && (found.ExpiresAt is null || now < found.ExpiresAt) ? found : null;

    /// <summary>By which hash a key is known; null: it is not. Looks at every key.</summary>
    public UInt128? FindHash(KeyId key)
    {
        foreach (var (hash, known) in rights)
        {
            if (known.Key == key)
                return hash;
        }
        return null;
    }

    /// <summary>Takes these for all there are.</summary>
    internal void Replace(IReadOnlyDictionary<UInt128, KeyRights> all) => rights = new(all);

    public void Put(UInt128 hash, KeyRights key) => rights[hash] = key;

    public void Remove(UInt128 hash) => rights.TryRemove(hash, out _);

    private sealed record Recent(string Text, UInt128 Hash);
}
