using System.Net.Mail;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Receivables;

/// <summary>Whom the operator's tax invoices name: what the customer says of itself. Terms of payment are agreed on with the operator, and are in <see cref="InvoiceTerms"/>.</summary>
/// <param name="TaxNumber">As the tax office gives it: of a Chinese company 18 characters (GB 32100), elsewhere 5 to 24.</param>
/// <param name="Account">At the bank.</param>
/// <param name="PurchaseOrder">What orders by invoice are proposed.</param>
public sealed record InvoiceRecipient(
    string Company,
    string? TaxNumber = null,
    string? Address = null,
    string? Phone = null,
    string? Bank = null,
    string? Account = null,
    string? Mail = null,
    string? PurchaseOrder = null
)
{
    public const int TextLengthMax = 200;

    /// <summary>Without blanks around, and empty fields left out.</summary>
    public InvoiceRecipient Tidy() =>
        new(
            Company.Trim(),
            Of(TaxNumber)?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(),
            Of(Address),
            Of(Phone),
            Of(Bank),
            Of(Account)?.Replace(" ", "", StringComparison.Ordinal),
            Of(Mail),
            Of(PurchaseOrder)
        );

    /// <summary>Null: nothing.</summary>
    public Refused? WhatIsWrong()
    {
        if (Company.Length is 0 or > TextLengthMax)
            return Refused.Invalid("company", $"The name on the invoice has 1 to {TextLengthMax} characters.");
        if (TaxNumber is not null && !Is(TaxNumber, 5, 24, "-", c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)))
            return Refused.Invalid("taxNumber", "A tax number has 5 to 24 letters, digits and hyphens.");
        if (Address is { Length: > TextLengthMax } || Bank is { Length: > TextLengthMax })
            return Refused.Invalid(Address is { Length: > TextLengthMax } ? "address" : "bank", $"At most {TextLengthMax} characters.");
        if (Phone is not null && !Is(Phone, 5, 32, "+ ()-", char.IsAsciiDigit))
            return Refused.Invalid("phone", "A telephone number has 5 to 32 digits, blanks, hyphens and brackets.");
        if (Account is not null && !Is(Account, 5, 40, "-", char.IsAsciiLetterOrDigit))
            return Refused.Invalid("account", "An account number has 5 to 40 letters and digits.");
        if (Mail is not null && (Mail.Length > TextLengthMax || !MailAddress.TryCreate(Mail, out _)))
            return Refused.Invalid("mail", "A mail address is expected, such as books@example.com.");
        return OrderRequest.WhatIsWrongWithPurchaseOrder(PurchaseOrder);
    }

    private static string? Of(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool Is(string text, int least, int most, string others, Func<char, bool> isOne) =>
        text.Length >= least && text.Length <= most && text.All(c => isOne(c) || others.Contains(c, StringComparison.Ordinal));
}

/// <summary>Keeps whom invoices name.</summary>
public interface IInvoiceRecipientStore
{
    Task<InvoiceRecipient?> FindAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Adds or replaces.</summary>
    Task PutAsync(PartyId customer, InvoiceRecipient recipient, DateTimeOffset at, CancellationToken cancellation);
}

/// <summary>Whom the invoices of a customer name. What was issued stays as it was.</summary>
public sealed class InvoiceRecipients(IInvoiceRecipientStore store, Parties.ICustomerStore customers, TimeProvider time)
{
    public Task<InvoiceRecipient?> FindAsync(PartyId customer, CancellationToken cancellation) => store.FindAsync(customer, cancellation);

    public async Task<Outcome<InvoiceRecipient>> PutAsync(PartyId customer, InvoiceRecipient recipient, CancellationToken cancellation)
    {
        var tidy = recipient.Tidy();
        if (tidy.WhatIsWrong() is { } wrong)
            return wrong;
        if (await customers.FindAsync(customer, cancellation) is null)
            return Refused.NotFound("customer", customer.ToString());
        await store.PutAsync(customer, tidy, time.GetUtcNow(), cancellation);
        return tidy;
    }
}
