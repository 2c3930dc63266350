using System.Globalization;
using Tokenline.Billing.Bills;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Billing.Export;

/// <summary>A bill as a person reads it, in Chinese or in English.</summary>
public static class BillPdf
{
    private const double Left = 50;
    private const double Right = PdfPaper.Width - 50;
    private const double ModelAt = Left + 145;
    private const double MemberAt = Left + 218;
    private const double CallsAt = Left + 348;
    private const double QuantityAt = Left + 435;
    private const double Bottom = 780;
    private const double RowHeight = 15;
    private const double KeyHeight = 8;
    private const double MemberWidth = 88;
    private const double ValueAt = Left + 110;

    /// <summary>On Chinese paper, in letters that every reader has: fonts are the reader's own.</summary>
    private const string WithoutFont =
        "No Chinese characters to be seen? Open this file with a reader that has a Chinese font, or ask for the bill in English.";

    /// <param name="language"><c>zh</c> or <c>en</c>.</param>
    /// <param name="calendar">Whose days are written; null: those of UTC.</param>
    public static byte[] Write(BillDocument document, string operatorName, string language, BillingCalendar? calendar = null)
    {
        calendar ??= new BillingCalendar("UTC");
        var words = language == "en" ? Words.English : Words.Chinese;
        var bill = document.Bill;
        var paper = new PdfPaper();
        paper.NewPage();
        var y = Head(paper, document, operatorName, words, calendar);
        y = Lines(paper, bill, words, y);
        Totals(paper, document, words, y);
        for (var page = 0; page < paper.Pages; page++)
        {
            paper.Text(page, Left, 815, 7, $"SHA-256 {document.Hash}");
            var number = string.Create(CultureInfo.InvariantCulture, $"{page + 1} / {paper.Pages}");
            paper.Text(page, Right - PdfPaper.WidthOf(number, 8), 815, 8, number);
            if (words == Words.Chinese)
                paper.Text(page, Left, 826, 6, WithoutFont);
        }
        return paper.ToBytes($"{words.Bill} {bill.Id}");
    }

    private static double Head(PdfPaper paper, BillDocument document, string operatorName, Words words, BillingCalendar calendar)
    {
        var bill = document.Bill;
        paper.Text(Left, 70, 16, operatorName);
        paper.TextRight(Right, 70, 20, words.Bill);
        paper.Rule(84);
        List<(string, string)> fields =
        [
            (words.Number, bill.Id),
            (words.Account, bill.Account.ToString()),
            (words.Customer, bill.To?.Name ?? bill.Customer?.ToString() ?? "-"),
            (words.Period, bill.Period.ToString()),
            (words.Issued, Day(calendar.DayOf(bill.At))),
            (words.DueBy, Day(calendar.DayOf(bill.DueAt.AddTicks(-1)))), // the last day on which it is paid in time
        ];
        if (bill.To?.Invoice is { } invoice)
            fields.AddRange(InvoiceFields(invoice, words));
        var y = 104.0;
        foreach (var (label, value) in fields)
        {
            paper.Text(Left, y, 10, label);
            paper.Text(ValueAt, y, 10, PdfPaper.Fit(value, 10, Right - ValueAt));
            y += RowHeight;
        }
        return y + 10;
    }

    /// <summary>What the customer has said of itself; what it left out is no field.</summary>
    private static IEnumerable<(string, string)> InvoiceFields(InvoiceRecipient invoice, Words words)
    {
        (string Label, string? Value)[] fields =
        [
            (words.Company, invoice.Company),
            (words.TaxNumber, invoice.TaxNumber),
            (words.Address, Both(invoice.Address, invoice.Phone)),
            (words.Bank, Both(invoice.Bank, invoice.Account)),
            (words.PurchaseOrder, invoice.PurchaseOrder),
        ];
        return fields.Where(field => field.Value is not null).Select(field => (field.Label, field.Value!));

        static string? Both(string? first, string? second) =>
            first is null ? second
            : second is null ? first
            : $"{first}  {second}";
    }

    private static double Lines(PdfPaper paper, Bill bill, Words words, double y)
    {
        Titles();
        foreach (var line in bill.Lines)
        {
            if (y > Bottom)
            {
                paper.NewPage();
                y = 70;
                Titles();
            }
            paper.Text(Left, y, 9, PdfPaper.Fit($"{words.Of(line.Kind)} {words.NameOf(line)}", 9, 140));
            paper.Text(ModelAt, y, 9, PdfPaper.Fit(line.Model ?? "", 9, 70));
            var (member, key) = MemberOf(line);
            paper.Text(MemberAt, y, 9, member);
            if (line.Calls > 0)
                paper.TextRight(CallsAt, y, 9, line.Calls.ToString("N0", CultureInfo.InvariantCulture));
            if (line.Unit is { Length: > 0 })
                paper.TextRight(QuantityAt, y, 9, PdfPaper.Fit(Quantity(line, words), 9, QuantityAt - CallsAt - 5));
            paper.TextRight(Right, y, 9, Amount(line.AmountNano));
            y += RowHeight;
            if (key is null)
                continue;
            paper.Text(MemberAt, y - 4, 7, key);
            y += KeyHeight;
        }
        paper.Rule(y - 6);
        return y + 8;

        void Titles()
        {
            paper.Text(Left, y, 9, words.Item);
            paper.Text(ModelAt, y, 9, words.Model);
            paper.Text(MemberAt, y, 9, words.Member);
            paper.TextRight(CallsAt, y, 9, words.Calls);
            paper.TextRight(QuantityAt, y, 9, words.Quantity);
            paper.TextRight(Right, y, 9, $"{words.Amount} ({bill.Currency})");
            paper.Rule(y + 4);
            y += RowHeight + 3;
        }
    }

    /// <summary>The department or member, and under it the key; a path that is too long begins with its last name.</summary>
    private static (string Member, string? Key) MemberOf(BillLine line)
    {
        var key = line.KeyName ?? line.Key?.ToString();
        if (line.Allotment is not { } node)
            return (PdfPaper.Fit(key ?? "", 9, MemberWidth), null);
        var path = line.AllotmentName ?? node.ToString();
        if (PdfPaper.WidthOf(path, 9) > MemberWidth)
            path = path[(path.LastIndexOf(" / ", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..];
        return (PdfPaper.Fit(path, 9, MemberWidth), key is null ? null : PdfPaper.Fit(key, 7, MemberWidth));
    }

    private static void Totals(PdfPaper paper, BillDocument document, Words words, double y)
    {
        var bill = document.Bill;
        (string, long)[] totals =
        [
            (words.Purchases, bill.PurchasesNano),
            (words.Due, bill.DueNano),
            (words.TaxWithin, bill.TaxNano),
            (words.Paid, document.PaidNano),
            (words.Credited, document.CreditedNano + document.WrittenOffNano),
            (words.Open, document.OpenNano),
        ];
        if (y + (totals.Length * RowHeight) > Bottom)
        {
            paper.NewPage();
            y = 70;
        }
        foreach (var (label, nano) in totals)
        {
            var size = label == words.Open ? 12 : 10;
            paper.Text(Left + 285, y, size, label);
            paper.TextRight(Right, y, size, Amount(nano));
            y += RowHeight;
        }
    }

    private static string Amount(long nano) =>
        ((decimal)nano / Money.NanoPerUnit).ToString("#,##0.00#######", CultureInfo.InvariantCulture);

    private static string Quantity(BillLine line, Words words) =>
        $"{((decimal)line.Quantity / QuotaUnit.Micro).ToString("#,##0.##", CultureInfo.InvariantCulture)} {words.UnitOf(line.Unit!)}";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Words(
        string Bill,
        string Number,
        string Account,
        string Customer,
        string Company,
        string TaxNumber,
        string Address,
        string Bank,
        string PurchaseOrder,
        string Period,
        string Issued,
        string DueBy,
        string Item,
        string Model,
        string Member,
        string Calls,
        string Quantity,
        string Agreement,
        string Tokens,
        string Points,
        string Amount,
        string Purchases,
        string Due,
        string TaxWithin,
        string Paid,
        string Credited,
        string Open,
        string[] Kinds
    )
    {
        public static readonly Words Chinese = new(
            "账单",
            "账单编号",
            "账户",
            "客户",
            "发票抬头",
            "税号",
            "地址、电话",
            "开户行及账号",
            "采购订单号",
            "账期",
            "出账时间",
            "付款截止",
            "项目",
            "模型",
            "部门/密钥",
            "调用次数",
            "用量",
            "协议",
            "通用 Token",
            "积分",
            "金额",
            "已付购买",
            "本期应付",
            "其中税额",
            "已付",
            "已减免",
            "待付",
            ["购买", "退款", "套餐内", "用量", "冲减", "阶梯优惠", "保底差额", "超额用量", "承诺差额", "阶梯调整"]
        );
        public static readonly Words English = new(
            "Bill",
            "Number",
            "Account",
            "Customer",
            "Invoice to",
            "Tax number",
            "Address, phone",
            "Bank, account",
            "Purchase order",
            "Period",
            "Issued",
            "Due by",
            "Item",
            "Model",
            "Member",
            "Calls",
            "Quantity",
            "agreement",
            "tokens",
            "points",
            "Amount",
            "Purchases, paid",
            "Due",
            "Tax within",
            "Paid",
            "Credited",
            "Open",
            ["Purchase", "Refund", "Included", "Usage", "Credit", "Volume discount", "Minimum", "Beyond", "Commitment", "Tier true-up"]
        );

        public string Of(BillLineKind kind) => Kinds[(int)kind - 1];

        public string NameOf(BillLine line) =>
            line.Kind is BillLineKind.VolumeDiscount or BillLineKind.Minimum
                ? line.Name.Replace(English.Agreement, Agreement, StringComparison.Ordinal)
                : line.Name;

        public string UnitOf(string unit) =>
            unit switch
            {
                "general-token" => Tokens,
                "point" => Points,
                _ => unit,
            };
    }
}
