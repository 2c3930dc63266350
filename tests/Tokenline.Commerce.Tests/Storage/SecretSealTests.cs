using System.Security.Cryptography;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SecretSealTests : IDisposable
{
    private const string Secret = "sk-a-vendors-key-0123456789";

    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-seal-").FullName;

    private string File => Path.Combine(folder, "vendor-keys.secret");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_sealed_is_opened_by_the_same_file_and_by_no_other()
    {
        var box = SecretSeal.Open(File).Seal(Secret, "vendor/a");

        Assert.Equal(Secret, SecretSeal.Open(File).Unseal(box, "vendor/a"));
        Assert.ThrowsAny<CryptographicException>(() => SecretSeal.Open(File + ".other").Unseal(box, "vendor/a"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void What_was_moved_to_another_row_or_touched_anywhere_does_not_open()
    {
        var seal = SecretSeal.Open(File);
        var box = seal.Seal(Secret, "vendor/a");

        Assert.ThrowsAny<CryptographicException>(() => seal.Unseal(box, "vendor/b"));
        for (var i = 0; i < box.Length; i++)
        {
            box[i] ^= 1;
            Assert.ThrowsAny<Exception>(() => seal.Unseal(box, "vendor/a"));
            box[i] ^= 1;
        }
        Assert.Equal(Secret, seal.Unseal(box, "vendor/a"));
    }

    [Fact]
    public void The_same_secret_never_looks_the_same_and_never_like_itself()
    {
        var seal = SecretSeal.Open(File);

        var (first, second) = (seal.Seal(Secret, "vendor/a"), seal.Seal(Secret, "vendor/a"));

        Assert.NotEqual(first, second);
        Assert.DoesNotContain(Secret, System.Text.Encoding.Latin1.GetString(first), StringComparison.Ordinal);
    }
}
