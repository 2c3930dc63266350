using Tokenline.Commerce.Calling;

namespace Tokenline.Commerce.Tests.Calling;

public sealed class CertificatePrintTests
{
    private const string Digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(Digits)]
    [InlineData(" 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF ")]
    [InlineData("01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef")]
    public void The_digits_are_read_however_they_are_written(string text)
    {
        Assert.True(CertificatePrint.TryParse(text, out var print));
        Assert.Equal(Digits, print);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void What_names_no_certificate_is_refused(string? text) => Assert.False(CertificatePrint.TryParse(text, out _));
}
