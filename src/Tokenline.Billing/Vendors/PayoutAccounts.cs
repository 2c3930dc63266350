using System.Runtime.CompilerServices;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;

namespace Tokenline.Billing.Vendors;

/// <summary>Seals what nobody may read who has the books alone. Kept by Tokenline.Storage, under the key that lies beside the data.</summary>
public interface IPayoutSeal
{
    /// <param name="owner">What it belongs to: under another's name it does not open.</param>
    string Seal(string secret, string owner);

    string Unseal(string sealedText, string owner);

    /// <summary>Whether it is sealed under the key that seals now.</summary>
    bool IsCurrent(string sealedText);

    /// <summary>The key that it is sealed under, by its id.</summary>
    string KeyOf(string sealedText);
}

/// <summary>Where a vendor is paid, as it is shown.</summary>
/// <param name="Masked">The last four characters, such as <c>•••• 6789</c>.</param>
/// <param name="By">Who entered it.</param>
public sealed record PayoutAccount(string Vendor, string Masked, DateTimeOffset ChangedAt, string By);

/// <summary>The accounts that vendors are paid at: sealed at rest, shown masked, and read whole by nobody but whoever pays out.</summary>
public sealed class PayoutAccounts(IBillingStore store, IPayoutSeal seal, TimeProvider time)
{
    public const int LengthMin = 4;
    public const int LengthMax = 200;

    /// <summary>Null: none was entered.</summary>
    public async Task<PayoutAccount?> FindAsync(string vendor, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation) is { } stored
            ? BillingJson.Read<Kept>(stored.Body).Shown(vendor)
            : null;

    /// <param name="account">As the bank writes it.</param>
    /// <param name="by">Who it is, in words.</param>
    public async Task<Outcome<PayoutAccount>> PutAsync(string vendor, string account, string by, CancellationToken cancellation)
    {
        if (WhatIsWrong(account) is { } wrong)
            return wrong;
        var text = account.Trim();
        var known = await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation);
        var kept = new Kept(seal.Seal(text, OwnerOf(vendor)), Mask(text), time.GetUtcNow(), by);
        try
        {
            await store.CommitAsync(
                new BillingChange
                {
                    Documents = [new(DocumentKind.PayoutAccount, vendor, vendor, null, known?.Version ?? 0, BillingJson.Write(kept))],
                },
                cancellation
            );
        }
        catch (BillingConflictException)
        {
            return new Refused(Problems.Conflict, "Somebody else has just changed it. Look again.");
        }
        return kept.Shown(vendor);
    }

    /// <summary>What an application says, kept apart from the account of a vendor that is in: nobody who only applies changes where somebody is paid.</summary>
    public string SealOfApplication(string vendor, string account) => seal.Seal(account.Trim(), OwnerOfApplication(vendor));

    /// <summary>The application is approved: its account is the vendor's, unless there is one already.</summary>
    public async Task TakeOverAsync(string vendor, string sealedAccount, string by, CancellationToken cancellation)
    {
        if (await FindAsync(vendor, cancellation) is not null)
            return;
        var text = seal.Unseal(sealedAccount, OwnerOfApplication(vendor));
        var kept = new Kept(seal.Seal(text, OwnerOf(vendor)), Mask(text), time.GetUtcNow(), by);
        await store.CommitAsync(
            new BillingChange { Documents = [new(DocumentKind.PayoutAccount, vendor, vendor, null, 0, BillingJson.Write(kept))] },
            cancellation
        );
    }

    /// <summary>Whole, for a payout. Null: none was entered.</summary>
    public async Task<string?> RevealAsync(string vendor, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.PayoutAccount, vendor, cancellation) is { } stored
            ? seal.Unseal(BillingJson.Read<Kept>(stored.Body).Sealed, OwnerOf(vendor))
            : null;

    /// <summary>The keys that accounts are sealed under, one for each account of vendors and of applications.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation)
    {
        var keys = new List<string>();
        await foreach (var kept in SealedAsync(cancellation))
            keys.Add(seal.KeyOf(kept.Sealed));
        return keys;
    }

    /// <summary>Seals all accounts under the key that seals now. One that somebody changes meanwhile is left to the next time.</summary>
    /// <returns>How many, and whose do not open.</returns>
    public async Task<(int Count, IReadOnlyList<string> Unreadable)> ResealAsync(CancellationToken cancellation)
    {
        var (count, unreadable) = (0, new List<string>());
        await foreach (var kept in SealedAsync(cancellation))
        {
            if (seal.IsCurrent(kept.Sealed))
                continue;
            try
            {
                var body = kept.With(seal.Seal(seal.Unseal(kept.Sealed, kept.Owner), kept.Owner));
                var (kind, id, group, period, version, _) = kept.Document;
                await store.CommitAsync(new BillingChange { Documents = [new(kind, id, group, period, version, body)] }, cancellation);
                count++;
            }
            catch (BillingConflictException)
            {
                // Whoever changed it has written it as it is now.
            }
            catch (Exception e) when (e is InvalidOperationException or System.Security.Cryptography.CryptographicException)
            {
                unreadable.Add(kept.Owner);
            }
        }
        return (count, unreadable);
    }

    private async IAsyncEnumerable<SealedDocument> SealedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int page = 100;
        foreach (var kind in (DocumentKind[])[DocumentKind.PayoutAccount, DocumentKind.Application])
        {
            var after = "";
            while (true)
            {
                var documents = await store.ListAsync(kind, null, null, after, page, cancellation);
                foreach (var document in documents)
                {
                    if (Sealed(document) is { } kept)
                        yield return kept;
                }
                if (documents.Count < page)
                    break;
                after = documents[^1].Id;
            }
        }
    }

    private static SealedDocument? Sealed(StoredDocument document)
    {
        if (document.Kind == DocumentKind.PayoutAccount)
        {
            var kept = BillingJson.Read<Kept>(document.Body);
            return new(document, kept.Sealed, OwnerOf(document.Id), text => BillingJson.Write(kept with { Sealed = text }));
        }
        var application = BillingJson.Read<VendorApplication>(document.Body);
        return application.SealedAccount is { } account
            ? new(
                document,
                account,
                OwnerOfApplication(application.Vendor),
                text => BillingJson.Write(application with { SealedAccount = text })
            )
            : null;
    }

    public static Refused? WhatIsWrong(string account)
    {
        var text = account.Trim();
        return text.Length is < LengthMin or > LengthMax || text.Any(char.IsControl)
            ? Refused.Invalid("account", $"An account is {LengthMin} to {LengthMax} characters, as the bank writes it.")
            : null;
    }

    /// <summary>All but the last four.</summary>
    public static string Mask(string account)
    {
        var text = account.Trim();
        return $"•••• {text[Math.Max(0, text.Length - 4)..]}";
    }

    private static string OwnerOfApplication(string vendor) => $"payout account of the application of {vendor}";

    private static string OwnerOf(string vendor) => $"payout account of {vendor}";

    private sealed record SealedDocument(StoredDocument Document, string Sealed, string Owner, Func<string, string> With);

    private sealed record Kept(string Sealed, string Masked, DateTimeOffset At, string By)
    {
        public PayoutAccount Shown(string vendor) => new(vendor, Masked, At, By);
    }
}
