using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Portal.Invoices;

/// <summary>What was typed about whom invoices name.</summary>
internal sealed class RecipientForm
{
    public string? Company { get; set; }
    public string? TaxNumber { get; set; }
    public string? Address { get; set; }
    public string? Phone { get; set; }
    public string? Bank { get; set; }
    public string? Account { get; set; }
    public string? Mail { get; set; }
    public string? PurchaseOrder { get; set; }

    public static RecipientForm Of(InvoiceRecipient? known, Customer customer) =>
        known is null
            ? new() { Company = customer.Type == CustomerType.Organization ? customer.Name : null }
            : new()
            {
                Company = known.Company,
                TaxNumber = known.TaxNumber,
                Address = known.Address,
                Phone = known.Phone,
                Bank = known.Bank,
                Account = known.Account,
                Mail = known.Mail,
                PurchaseOrder = known.PurchaseOrder,
            };

    public InvoiceRecipient Read() => new(Company ?? "", TaxNumber, Address, Phone, Bank, Account, Mail, PurchaseOrder);
}
