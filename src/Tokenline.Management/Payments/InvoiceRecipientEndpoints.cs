using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;
using Tokenline.Management.Api;

namespace Tokenline.Management.Payments;

/// <summary>Whom the operator's tax invoices name. What is left out is not known.</summary>
/// <param name="TaxNumber">5 to 24 letters, digits and hyphens.</param>
/// <param name="Account">At the bank.</param>
/// <param name="PurchaseOrder">What orders by invoice are proposed.</param>
public sealed record InvoiceRecipientBody(
    string? Company = null,
    string? TaxNumber = null,
    string? Address = null,
    string? Phone = null,
    string? Bank = null,
    string? Account = null,
    string? Mail = null,
    string? PurchaseOrder = null
)
{
    internal static InvoiceRecipientBody Of(InvoiceRecipient one) =>
        new(one.Company, one.TaxNumber, one.Address, one.Phone, one.Bank, one.Account, one.Mail, one.PurchaseOrder);

    internal InvoiceRecipient Read() => new(Company ?? "", TaxNumber, Address, Phone, Bank, Account, Mail, PurchaseOrder);
}

internal static class InvoiceRecipientEndpoints
{
    private const string Tag = "Receivables";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/invoice-recipient", ShowAsync)
            .Produces<InvoiceRecipientBody>()
            .Documented(
                Tag,
                "Show whom a customer's invoices name",
                "Without a company: the customer has said nothing yet.",
                Problems.NotFound
            );
        api.MapPut("/customers/{id}/invoice-recipient", PutAsync)
            .Takes<InvoiceRecipientBody>()
            .Produces<InvoiceRecipientBody>()
            .Documented(
                Tag,
                "Say whom a customer's invoices name",
                "The same that the customer enters in the console.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        Customers customers,
        InvoiceRecipients recipients,
        CancellationToken cancellation
    )
    {
        var found = await Parties.CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var known = await recipients.FindAsync(customer.Id, cancellation);
        return TypedResults.Ok(known is null ? new InvoiceRecipientBody() : InvoiceRecipientBody.Of(known));
    }

    private static async Task<IResult> PutAsync(string id, HttpContext http, InvoiceRecipients recipients)
    {
        var read = await Body.ReadAsync<InvoiceRecipientBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await recipients.PutAsync(customer, read.Required().Read(), http.RequestAborted), InvoiceRecipientBody.Of)
            : ApiResult.Problem(Refused.NotFound("customer", id));
    }
}
