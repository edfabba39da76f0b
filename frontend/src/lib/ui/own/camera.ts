/** The camera of the device, and why there is none. */

/** Opens it; the caller stops its tracks. */
export async function openCamera(): Promise<MediaStream> {
  // Left out by browsers where a page came without encryption from another machine.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DOMException('', 'SecurityError');
  return devices.getUserMedia({ video: { facingMode: 'environment', width: 640, height: 480 }, audio: false });
}

const WHY: Record<string, string> = {
  NotAllowedError: 'The browser may not use the camera: allow it at the left of the address, then try again',
  NotFoundError: 'There is no camera: connect one and try again, or choose a picture',
  NotReadableError: 'Another program uses the camera: close it there, then try again',
  SecurityError: 'Browsers open the camera only for pages from this machine or over https; choose a picture instead',
};

export const whyNoCamera = (error: unknown): string =>
  WHY[(error as Error).name] ?? 'The camera could not be opened: try again, or choose a picture';
