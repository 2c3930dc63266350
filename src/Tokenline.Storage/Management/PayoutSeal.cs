using Tokenline.Billing.Vendors;

namespace Tokenline.Storage.Management;

internal sealed class PayoutSeal(SecretSeal seal) : IPayoutSeal
{
    public string Seal(string secret, string owner) => Convert.ToBase64String(seal.Seal(secret, owner));

    public string Unseal(string sealedText, string owner) => seal.Unseal(Convert.FromBase64String(sealedText), owner);
}
