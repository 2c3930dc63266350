using System.Security.Cryptography;
using System.Text;
using Tokenline.Storage.Management.Secrets;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management;

/// <summary>
/// Seals secrets with AES-256-GCM under the keys of a file that lies beside the database. Whoever has the database alone learns nothing.
/// One key seals; all of them open. The sealed form is bound to what it belongs to: moved to another row it does not open.
/// </summary>
internal sealed class SecretSeal
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly string file;
    private readonly Lock turn = new();
    private volatile Ring ring;

    private SecretSeal(string file, IReadOnlyList<SecretKey> keys) => (this.file, ring) = (file, new(keys, keys[^1]));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SecretKey> Keys => ring.Keys;

    /// <summary>Null: this node was not given the key that the cluster seals under.</summary>
    public SecretKey? Sealing => ring.Sealing;

    /// <summary>The newest key seals until <see cref="SealWith"/> says otherwise.</summary>
    public static SecretSeal Open(string file) => new(file, KeyFile.ReadOrCreate(file));

    /// <summary>Reads the file anew. The key that seals stays the same one.</summary>
    /// <exception cref="DatabaseException">The file cannot be read, or the key that seals is in it no longer: what was known before stays known.</exception>
    public void Refresh()
    {
        lock (turn)
        {
            var keys = KeyFile.Read(file);
            var sealing = ring.Sealing is { } known ? keys.FirstOrDefault(key => key.Fingerprint == known.Fingerprint) : null;
            if (sealing is null && ring.Sealing is { } lost)
                throw new DatabaseException($"{file} has lost the key {lost.Id}, which secrets are sealed under. Put it back.");
            ring = new(keys, sealing);
        }
    }

    /// <summary>False: the key is not here. Nothing is sealed then, rather than under a key that the others may take out.</summary>
    public bool SealWith(string fingerprint)
    {
        lock (turn)
        {
            var key = ring.Keys.FirstOrDefault(known => known.Fingerprint == fingerprint);
            ring = new(ring.Keys, key);
            return key is not null;
        }
    }

    public byte[] Seal(string secret, string owner) => Seal(Encoding.UTF8.GetBytes(secret), owner);

    public byte[] Seal(ReadOnlySpan<byte> plain, string owner)
    {
        var key =
            ring.Sealing
            ?? throw new DatabaseException($"{file} does not hold the key that the cluster seals under. Copy it from a node that serves.");
        var head = key.Prefix.Length;
        var box = new byte[head + NonceBytes + TagBytes + plain.Length];
        key.Prefix.CopyTo(box, 0);
        var nonce = box.AsSpan(head, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = key.Open(TagBytes);
        aes.Encrypt(
            nonce,
            plain,
            box.AsSpan(head + NonceBytes + TagBytes),
            box.AsSpan(head + NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(owner)
        );
        return box;
    }

    public string Unseal(byte[] box, string owner) => Encoding.UTF8.GetString(UnsealBytes(box, owner));

    public byte[] UnsealBytes(byte[] box, string owner)
    {
        var head = HeadOf(box);
        if (head == 0 || box.Length < head + NonceBytes + TagBytes)
            throw new InvalidOperationException($"the secret of {owner} was sealed by another version");
        var key =
            ring.Keys.FirstOrDefault(known => box.AsSpan(0, head).SequenceEqual(known.Prefix))
            ?? throw new InvalidOperationException(
                $"the secret of {owner} is sealed under the key {NameOf(box.AsSpan(0, head))}, which {file} does not hold"
            );
        var plain = new byte[box.Length - head - NonceBytes - TagBytes];
        using var aes = key.Open(TagBytes);
        aes.Decrypt(
            box.AsSpan(head, NonceBytes),
            box.AsSpan(head + NonceBytes + TagBytes),
            box.AsSpan(head + NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(owner)
        );
        return plain;
    }

    /// <summary>Whether it is sealed under the key that seals now.</summary>
    public bool IsCurrent(ReadOnlySpan<byte> box) => ring.Sealing is { } key && box.StartsWith(key.Prefix);

    /// <summary>The key that something which begins so is sealed under, whether it is here or not.</summary>
    public string NameOf(ReadOnlySpan<byte> prefix)
    {
        if (prefix is [SecretKey.Numbered, .. var number])
            return Convert.ToHexStringLower(number);
        return ring.Keys.FirstOrDefault(key => key.MadeAt is null)?.Id ?? "first";
    }

    private static int HeadOf(byte[] box) =>
        box switch
        {
            [SecretKey.Unnumbered, ..] => 1,
            [SecretKey.Numbered, ..] => 1 + SecretKey.NumberBytes,
            _ => 0,
        };

    private sealed record Ring(IReadOnlyList<SecretKey> Keys, SecretKey? Sealing);
}
