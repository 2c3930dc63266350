using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;

namespace Tokenline.Billing.Collecting;

/// <summary>Who pays, and what happens to whoever does not: all that collecting asks of commerce. What changes something changes nothing when it is told again.</summary>
public interface IBillPayers
{
    Task<Customer?> FindAsync(PartyId payer, CancellationToken cancellation);

    Task<Customer?> OfAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Of an invoice what is open, and its day.</summary>
    /// <param name="reference">Its id, as the payment method answered it.</param>
    Task<(long OpenNano, DateTimeOffset DueAt)?> InvoiceAsync(string reference, CancellationToken cancellation);

    Task SetArrearsAsync(PartyId payer, Arrears arrears, string reason, CancellationToken cancellation);

    Task TellAsync(PartyId payer, BillNotice notice, CancellationToken cancellation);

    /// <summary>Plans that are renewed by themselves.</summary>
    Task<IReadOnlyList<ProductId>> RenewedPlansAsync(PartyId payer, CancellationToken cancellation);

    /// <summary>A plan ends with the period that is paid, or – true – is renewed again. One that has changed otherwise meanwhile is left as it is.</summary>
    Task RenewPlanAsync(ProductId plan, bool isRenewed, CancellationToken cancellation);
}
