using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Commerce.Notifications;

/// <summary>Signs as Standard Webhooks 1.0 says (symmetric, <c>v1</c>).</summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32; // the specification wants 24 to 64

    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="secret"><c>whsec_</c> and the key in base64.</param>
    /// <param name="unixSeconds">As in <c>webhook-timestamp</c>.</param>
    public static string Of(string secret, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            throw new FormatException("a webhook's secret begins with whsec_");
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret[Prefix.Length..]));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        hash.AppendData(body);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }
}
