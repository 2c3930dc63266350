using System.Globalization;
using System.Text;
using Tokenline.Billing.Bills;

namespace Tokenline.Billing.Export;

/// <summary>CSV as RFC 4180 has it. What a spreadsheet would take for a formula is told to be text.</summary>
internal static class Csv
{
    public static StringBuilder Row(this StringBuilder text, params ReadOnlySpan<string?> fields)
    {
        for (var i = 0; i < fields.Length; i++)
            text.Append(i == 0 ? "" : ",").Append(Field(fields[i] ?? ""));
        return text.Append("\r\n");
    }

    private static string Field(string field)
    {
        if (field.Length > 0 && field[0] is '=' or '+' or '@')
            field = $"'{field}";
        return field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public static string Amount(long nano) => ((decimal)nano / Money.NanoPerUnit).ToString("0.00#######", CultureInfo.InvariantCulture);

    public static string Quantity(long micro) => ((decimal)micro / QuotaUnit.Micro).ToString("0.######", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The lines of a bill, one a row.</summary>
public static class BillCsv
{
    public static string Write(Bill bill)
    {
        var text = new StringBuilder().Row(
            "bill",
            "kind",
            "name",
            "model",
            "key",
            "allotment",
            "keyName",
            "allotmentName",
            "unit",
            "quantity",
            "calls",
            "input",
            "output",
            "worth",
            "earned",
            "exact",
            "amount",
            "tax",
            "currency"
        );
        foreach (var line in bill.Lines)
            text.Row(
                bill.Id,
                BillingJson.Write(line.Kind).Trim('"'),
                line.Name,
                line.Model,
                line.Key?.ToString(),
                line.Allotment?.ToString(),
                line.KeyName,
                line.AllotmentName,
                line.Unit,
                line.Unit is null ? null : Csv.Quantity(line.Quantity),
                Csv.Count(line.Calls),
                Csv.Count(line.Input),
                Csv.Count(line.Output),
                Csv.Amount(line.WorthNano),
                Csv.Amount(line.EarnedNano),
                Csv.Amount(line.ExactNano),
                Csv.Amount(line.AmountNano),
                Csv.Amount(line.TaxNano),
                bill.Currency.Code
            );
        return text.ToString();
    }
}
