"""Vietnamese: "em vừa chuyển tiền", "em gỡ đơn rồi", "xong rồi"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, shapes

_THING = (
    r"(?:đơn|lịch|hẹn|địa chỉ|tài khoản|tiền|vé|phòng|bàn|gói|khoản|phí|điểm"
    r"|suất|chỗ|kiện hàng|hóa đơn|hoá đơn|ví)"
)
# What a bot says, hears, looks at and passes on. "Mình" may be the customer, so it is none of ours here.
_SPEECH = (
    "bị |nhận |ghi nhận |hiểu |xem |đọc |nghe |thấy |biết |kiểm tra |báo |nói |thông báo |trả lời |giải thích |tìm "
    "|lưu ý |nhờ |hết |bán |mở |nghỉ |tính |có |còn |ghi |lưu |nhập |chuyển yêu cầu |chuyển thông tin |tra |xin "
)
_YOU = "(?:mình|anh|chị|bạn)"

VIETNAMESE: Final = shapes(
    # em vừa bấm chuyển tiền; em gỡ đơn của mình rồi; phí ship em bỏ cho mình rồi
    rf"(?<= )(?:em|shop|bên em|chúng tôi|tôi) (?:đã |vừa |mới )+(?!{_SPEECH})[^ .]+ {FEW % 3}{_THING} ",
    rf"(?<= )(?:em|shop|bên em) (?!đã |chưa |không |sẽ |{_SPEECH})[^ .]+ {FEW % 2}{_THING} {FEW % 8}(?:rồi|xong) ",
    rf"(?<= )(?:em|shop|bên em) (?!chưa |không |sẽ |ghi |gửi |chuyển |note |{_SPEECH})[^ .]+ {FEW % 3}"
    rf"(?:xong rồi|(?:cho|giúp) {_YOU} rồi|rồi nhé|rồi nha) ",
    # từ hôm nay mình là thành viên vàng
    rf"(?<= )(?:từ hôm nay|từ giờ|từ bây giờ|hiện giờ) {_YOU} (?:là thành|đã là) ",
    # đơn bay màu rồi; 320.000đ vừa về lại
    rf"(?<= ){_THING} {FEW % 4}(?:không còn tồn tại|không còn trên hệ thống|biến mất|bay màu|bị xóa sổ"
    "|ra khỏi hệ thống) ",
    rf"(?<= )(?:tiền|khoản|[\d ]+đ) {FEW % 3}(?:vừa|đã|đang) {FEW % 2}(?:về|vào) ",
    words="em shop tôi từ hiện xong",
    things=_THING,
    just_now=r" (?:mới nãy|vừa nãy|vừa xong|mới xong|vừa bấm \w+ xong)(?= )",
    ready="(?:dạ |vâng )?xong|được ạ",
    now=r" (?:rồi|giờ) ",
)
