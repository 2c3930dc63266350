using Tokenline.Billing.Vendors;
using Tokenline.Storage.Management.Secrets;

namespace Tokenline.Storage.Management;

internal sealed class PayoutSeal(SecretSeal seal) : IPayoutSeal
{
    public string Seal(string secret, string owner) => Convert.ToBase64String(seal.Seal(secret, owner));

    public string Unseal(string sealedText, string owner) => seal.Unseal(Convert.FromBase64String(sealedText), owner);

    public bool IsCurrent(string sealedText) => seal.IsCurrent(Convert.FromBase64String(sealedText));

    public string KeyOf(string sealedText)
    {
        var box = Convert.FromBase64String(sealedText);
        return seal.NameOf(box.AsSpan(0, box[0] == SecretKey.Numbered ? 1 + SecretKey.NumberBytes : 1));
    }
}
