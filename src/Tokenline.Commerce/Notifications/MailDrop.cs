using System.Globalization;
using System.Text;

namespace Tokenline.Commerce.Notifications;

/// <summary>Puts each mail as an <c>.eml</c> file (RFC 5322) into a folder, where the operator's mail transport takes it. A second try of one mail writes the same file.</summary>
public sealed class MailDrop(CommerceOptions options, TimeProvider time) : IMailSender
{
    private const int LineMax = 76;
    private readonly string folder = options.MailFolder;

    public async Task<DeliveryOutcome> SendAsync(string id, string address, string subject, string text, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{id}.eml");
        var temporary = file + ".new"; // whoever takes files sees whole ones only
        await File.WriteAllTextAsync(temporary, Message(id, address, subject, text), Encoding.ASCII, cancellation);
        File.Move(temporary, file, overwrite: true);
        return DeliveryOutcome.Delivered;
    }

    private string Message(string id, string address, string subject, string text)
    {
        var (message, from) = (new StringBuilder(), options.MailFrom);
        Line($"From: Tokenline <{from}>");
        Line($"To: <{address}>");
        Line($"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=");
        Line($"Date: {time.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}");
        Line($"Message-ID: <{id}@{from[(from.IndexOf('@') + 1)..]}>");
        Line("MIME-Version: 1.0");
        Line("Content-Type: text/plain; charset=utf-8");
        Line("Content-Transfer-Encoding: base64");
        Line("");
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (var start = 0; start < body.Length; start += LineMax)
            Line(body.Substring(start, Math.Min(LineMax, body.Length - start)));
        return message.ToString();

        void Line(string line) => message.Append(line).Append("\r\n");
    }
}
