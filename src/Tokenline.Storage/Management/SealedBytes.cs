using System.IO.Compression;

namespace Tokenline.Storage.Management;

/// <summary>What customers wrote and were answered, on disk: compressed, and sealed to what it belongs to.</summary>
internal static class SealedBytes
{
    public static byte[] Pack(this SecretSeal seal, ReadOnlySpan<byte> plain, string owner)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(plain);
        return seal.Seal(packed.GetBuffer().AsSpan(0, (int)packed.Length), owner);
    }

    public static byte[] Unpack(this SecretSeal seal, byte[] box, string owner)
    {
        using var packed = new MemoryStream(seal.UnsealBytes(box, owner));
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        brotli.CopyTo(plain);
        return plain.ToArray();
    }
}
