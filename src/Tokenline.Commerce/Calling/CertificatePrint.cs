using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tokenline.Commerce.Calling;

/// <summary>The SHA-256 of a certificate: which one it is, and nothing that is secret. 64 hexadecimal digits in lower case.</summary>
public static class CertificatePrint
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;
    private const int TextLengthMax = 16 * 1024;

    public static string Of(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>A certificate as PEM, or its SHA-256 with or without colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? print)
    {
        print = null;
        if (text is null || text.Length > TextLengthMax)
            return false;
        if (text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            try
            {
                using var certificate = X509Certificate2.CreateFromPem(text);
                print = Of(certificate);
            }
            catch (CryptographicException)
            {
                // It says what it is, and is not.
            }
            return print is not null;
        }
        var digits = text.Trim().Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (digits.Length != Digits || !digits.All(char.IsAsciiHexDigit))
            return false;
        print = digits;
        return true;
    }
}
