using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Storage.Management;

/// <summary>
/// Seals secrets with AES-256-GCM under a key file that lies beside the database, readable by its owner only. Whoever has the database alone learns nothing.
/// The sealed form is bound to what it belongs to: moved to another row it does not open.
/// </summary>
internal sealed class SecretSeal(byte[] key)
{
    private const byte Version = 1;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Tells one secret from another and nothing about either.</summary>
    public string Fingerprint => Convert.ToHexStringLower(HMACSHA256.HashData(key, "tokenline secret"u8));

    public static SecretSeal Open(string file)
    {
        if (!File.Exists(file))
            Create(file);
        var key = Convert.FromBase64String(File.ReadAllText(file).Trim());
        return key.Length == KeyBytes
            ? new SecretSeal(key)
            : throw new InvalidOperationException($"{Path.GetFileName(file)} is not a key of {KeyBytes} bytes.");
    }

    public byte[] Seal(string secret, string owner) => Seal(Encoding.UTF8.GetBytes(secret), owner);

    public byte[] Seal(ReadOnlySpan<byte> plain, string owner)
    {
        var box = new byte[1 + NonceBytes + TagBytes + plain.Length];
        box[0] = Version;
        var nonce = box.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            nonce,
            plain,
            box.AsSpan(1 + NonceBytes + TagBytes),
            box.AsSpan(1 + NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(owner)
        );
        return box;
    }

    public string Unseal(byte[] box, string owner) => Encoding.UTF8.GetString(UnsealBytes(box, owner));

    public byte[] UnsealBytes(byte[] box, string owner)
    {
        if (box.Length < 1 + NonceBytes + TagBytes || box[0] != Version)
            throw new InvalidOperationException($"the secret of {owner} was sealed by another version");
        var plain = new byte[box.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            box.AsSpan(1, NonceBytes),
            box.AsSpan(1 + NonceBytes + TagBytes),
            box.AsSpan(1 + NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(owner)
        );
        return plain;
    }

    private static void Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
        stream.Flush(flushToDisk: true);
    }
}
