using System.Security.Cryptography;

namespace Tokenline.Storage.Management.Secrets;

/// <summary>One key of the key file. What is sealed says under which key, by the number that is in front; only the first key of an installation has none.</summary>
internal sealed class SecretKey
{
    public const int Bytes = 32;
    public const int NumberBytes = 8;

    /// <summary>Begins what was sealed under the key without a number.</summary>
    public const byte Unnumbered = 1;

    /// <summary>Begins what was sealed under a key whose number follows.</summary>
    public const byte Numbered = 2;

    private readonly byte[] secret;

    /// <param name="madeAt">Null: the first key of the installation.</param>
    public SecretKey(byte[] secret, DateTimeOffset? madeAt)
    {
        (this.secret, MadeAt) = (secret, madeAt);
        var print = HMACSHA256.HashData(secret, "tokenline secret"u8);
        Fingerprint = Convert.ToHexStringLower(print);
        Id = Fingerprint[..(2 * NumberBytes)];
        Prefix = madeAt is null ? [Unnumbered] : [Numbered, .. print.AsSpan(0, NumberBytes)];
    }

    public DateTimeOffset? MadeAt { get; }

    /// <summary>Tells one key from another and nothing about either.</summary>
    public string Fingerprint { get; }

    /// <summary>The beginning of the fingerprint, for people.</summary>
    public string Id { get; }

    /// <summary>What everything that is sealed under it begins with.</summary>
    public byte[] Prefix { get; }

    public AesGcm Open(int tagBytes) => new(secret, tagBytes);

    public string Text() => Convert.ToBase64String(secret);
}
