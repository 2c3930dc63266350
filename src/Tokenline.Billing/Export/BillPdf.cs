using System.Globalization;
using Tokenline.Billing.Bills;

namespace Tokenline.Billing.Export;

/// <summary>A bill as a person reads it, in Chinese or in English.</summary>
public static class BillPdf
{
    private const double Left = 50;
    private const double Right = PdfPaper.Width - 50;
    private const double Bottom = 780;
    private const double RowHeight = 15;

    /// <param name="language"><c>zh</c> or <c>en</c>.</param>
    public static byte[] Write(BillDocument document, string operatorName, string language)
    {
        var words = language == "en" ? Words.English : Words.Chinese;
        var bill = document.Bill;
        var paper = new PdfPaper();
        paper.NewPage();
        var y = Head(paper, document, operatorName, words);
        y = Lines(paper, bill, words, y);
        Totals(paper, document, words, y);
        for (var page = 0; page < paper.Pages; page++)
        {
            paper.Text(page, Left, 815, 7, $"SHA-256 {document.Hash}");
            paper.Text(page, Right - 40, 815, 8, string.Create(CultureInfo.InvariantCulture, $"{page + 1} / {paper.Pages}"));
        }
        return paper.ToBytes($"{words.Bill} {bill.Id}");
    }

    private static double Head(PdfPaper paper, BillDocument document, string operatorName, Words words)
    {
        var bill = document.Bill;
        paper.Text(Left, 70, 16, operatorName);
        paper.TextRight(Right, 70, 20, words.Bill);
        paper.Rule(84);
        (string, string)[] fields =
        [
            (words.Number, bill.Id),
            (words.Account, bill.Account.ToString()),
            (words.Customer, bill.Customer?.ToString() ?? "-"),
            (words.Period, bill.Period.ToString()),
            (words.Issued, Day(bill.At)),
            (words.DueBy, Day(bill.DueAt)),
        ];
        var y = 104.0;
        foreach (var (label, value) in fields)
        {
            paper.Text(Left, y, 10, label);
            paper.Text(Left + 90, y, 10, value);
            y += RowHeight;
        }
        return y + 10;
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
            var name = $"{words.Of(line.Kind)} {line.Name}";
            paper.Text(Left, y, 9, PdfPaper.Fit(name, 9, 180));
            paper.Text(Left + 185, y, 9, PdfPaper.Fit(line.Model ?? "", 9, 95));
            paper.Text(Left + 285, y, 9, PdfPaper.Fit(line.Allotment?.ToString() ?? line.Key?.ToString() ?? "", 9, 85));
            if (line.Calls > 0)
                paper.TextRight(Left + 405, y, 9, line.Calls.ToString("N0", CultureInfo.InvariantCulture));
            paper.TextRight(Right, y, 9, line.Kind == BillLineKind.Included ? Quantity(line) : Amount(line.AmountNano));
            y += RowHeight;
        }
        paper.Rule(y - 6);
        return y + 8;

        void Titles()
        {
            paper.Text(Left, y, 9, words.Item);
            paper.Text(Left + 185, y, 9, words.Model);
            paper.Text(Left + 285, y, 9, words.Member);
            paper.TextRight(Left + 405, y, 9, words.Calls);
            paper.TextRight(Right, y, 9, $"{words.Amount} ({bill.Currency})");
            paper.Rule(y + 4);
            y += RowHeight + 3;
        }
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

    private static string Quantity(BillLine line) =>
        $"{((decimal)line.Quantity / QuotaUnit.Micro).ToString("#,##0.##", CultureInfo.InvariantCulture)} {line.Unit}";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private sealed record Words(
        string Bill,
        string Number,
        string Account,
        string Customer,
        string Period,
        string Issued,
        string DueBy,
        string Item,
        string Model,
        string Member,
        string Calls,
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
            "账期",
            "出账时间",
            "付款截止",
            "项目",
            "模型",
            "部门/密钥",
            "调用次数",
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
            "Period",
            "Issued",
            "Due by",
            "Item",
            "Model",
            "Member",
            "Calls",
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
    }
}
